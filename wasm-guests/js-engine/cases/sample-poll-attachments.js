const emails = data.input.emails;
const results = [];
for (const email of emails) {
const attachments = [];
if (email.attachments && email.attachments.length > 0) {
for (const attachment of email.attachments) {
const fileResponse = await ld.request({
method: "GET",
url: `https://api.email-service.com/attachments/${attachment.id}`,
headers: {
Authorization: `Bearer ${data.auth.access_token}`,
},
responseType: "stream",
});
attachments.push({
fileName: attachment.filename,
mimeType: attachment.mimeType,
base64: Buffer.from(fileResponse.buffer).toString("base64"),
});
}
}
results.push({
id: email.id,
timestamp: email.receivedAt,
data: {
subject: email.subject,
from: email.from,
body: email.body,
files: attachments,
},
});
}
return results;
