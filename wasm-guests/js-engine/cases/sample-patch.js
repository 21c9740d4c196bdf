const properties = data.input.properties
? JSON.parse(data.input.properties)
: {};
const options = {
method: "PATCH",
url: `https://api.hubapi.com/crm/v3/objects/companies/${data.input.companyId}`,
headers: {
Authorization: "Bearer " + data.auth.access_token,
"Content-Type": "application/json",
},
body: { properties },
};
return (await ld.request(options)).status;
