async function downloadOneDriveFile() {
try {
// Construct the API path based on the input configuration
const config = JSON.parse(data.input.parent);
let apiPath = '';
if (config.listId && config.listItemId) {
apiPath = `/sites/${config.siteId}/lists/${config.listId}/items/${data.input.itemId}/driveItem`;
} else if (config.driveId) {
apiPath = `/drives/${config.driveId}/items/${data.input.itemId}`;
} else if (config.groupId) {
apiPath = `/groups/${config.groupId}/drive/items/${data.input.itemId}`;
} else if (config.userId) {
apiPath = `/users/${config.userId}/drive/items/${data.input.itemId}`;
} else if (config.siteId) {
apiPath = `/sites/${config.siteId}/drive/items/${data.input.itemId}`;
} else {
throw new Error('Insufficient information to construct API path');
}
// Make the request to get the file metadata including download URL
const options = {
method: 'GET',
url: `https://graph.microsoft.com/v1.0${apiPath}`,
headers: {
'Authorization': 'Bearer ' + data.auth.access_token,
'Accept': 'application/json',
},
};
const response = await ld.request(options);
if (response.json['@microsoft.graph.downloadUrl']) {
const downloadUrl = response.json['@microsoft.graph.downloadUrl'];
// Request to download the file content
const contentOptions = {
method: 'GET',
url: downloadUrl,
responseType: 'stream'
};
const contentResponse = await ld.request(contentOptions);
if (contentResponse.status !== 200) {
throw new Error(
`Error fetching file content: ${JSON.stringify(contentResponse)}`
);
}
return {
fileName: response.json.name,
mimeType: response.json.file.mimeType,
buffer: contentResponse.buffer,
url: response.json.webUrl,
lastModified: response.json.lastModifiedDateTime,
};
} else {
throw new Error('Could not download file!');
}
} catch (error) {
ld.log('Error downloading item from OneDrive: ' + error.message);
throw error;
}
}
return downloadOneDriveFile();
