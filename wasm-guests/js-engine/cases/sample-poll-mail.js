// Fetch recent emails
const options = {
method: "GET",
url: "https://api.email-service.com/messages",
headers: {
Authorization: `Bearer ${data.auth.access_token}`,
},
params: {
since: new Date(Date.now() - 60 * 60 * 1000).toISOString(), // Last hour
limit: 10,
},
};
try {
const response = await ld.request(options);
const emails = response.json.messages || [];
// Transform to required format
const results = emails.map((email) => ({
id: email.id,
timestamp: email.receivedAt,
data: {
messageId: email.id,
subject: email.subject,
from: email.from,
to: email.to,
body: email.body,
isRead: email.isRead,
},
}));
return results;
} catch (error) {
ld.log("Error fetching emails:", error.message);
throw error;
}
