// Validate required inputs
if (!data.input.title) {
return { error: "Title is required" };
}
// Build request
const options = {
method: "POST",
url: "https://api.ticketing-service.com/tickets",
headers: {
Authorization: `Bearer ${data.auth.api_key}`,
"Content-Type": "application/json",
},
body: {
title: data.input.title,
description: data.input.description || "",
priority: data.input.priority || "medium",
assignee: data.input.assignee,
},
};
try {
const response = await ld.request(options);
if (response.status === 201) {
return {
success: true,
ticketId: response.json.id,
url: response.json.url,
message: `Created ticket #${response.json.id}: ${data.input.title}`,
};
} else {
throw new Error(`API returned status ${response.status}`);
}
} catch (error) {
ld.log("Error creating ticket:", error.message);
return {
success: false,
error: `Failed to create ticket: ${error.message}`,
};
}
