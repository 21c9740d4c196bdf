// Handle file uploads (requires FILE input field)
const document = data.input.document; // FileData object
if (!document) {
return { error: "Please attach a document" };
}
// Validate file type
const allowedTypes = ["application/pdf", "image/jpeg", "image/png"];
if (!allowedTypes.includes(document.mimeType)) {
return {
error: `Unsupported file type: ${
document.mimeType
}. Allowed: ${allowedTypes.join(", ")}`,
};
}
const options = {
method: "POST",
url: "https://api.example.com/documents",
headers: {
Authorization: `Bearer ${data.auth.api_key}`,
"Content-Type": "application/json",
},
body: {
filename: document.fileName,
content: document.base64,
mimeType: document.mimeType,
},
};
const response = await ld.request(options);
return {
success: true,
documentId: response.json.id,
message: `Uploaded ${document.fileName} successfully`,
};
