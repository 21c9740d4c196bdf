const entityTypes = ["driveItem"];
const queryString = data.input.query;
try {
// Perform search if query exists
const searchRequest = {
requests: [
{
entityTypes,
query: { queryString },
trimDuplicates: true,
queryAlterationOptions: {
enableModification: true,
enableSuggestions: true,
},
},
],
};
const searchResult = await ld.request({
method: 'POST',
url: 'https://graph.microsoft.com/v1.0/search/query',
body: searchRequest,
headers: {
'Authorization': `Bearer ${data.auth.access_token}`,
'Content-Type': 'application/json',
},
});
const hits = searchResult.json?.value?.[0]?.hitsContainers?.[0]?.hits;
if (hits && hits.length > 0) {
const results = hits.filter((hit) => hit.resource.name).map((hit) => {
const { resource } = hit;
return {
url: encodeURI(`${resource.webUrl}?web=1`),
documentId: resource.id,
title: resource.name,
mimeType: getMimeTypeFromFileName(resource.name),
author: resource.createdBy?.user ? {
id: resource.createdBy.user.email || '',
name: resource.createdBy.user.displayName || '',
} : undefined,
createdDate: resource.createdDateTime,
lastModifiedByAnyone: resource.lastModifiedDateTime,
lastModifiedByUserId: resource.lastModifiedBy?.user ? {
id: resource.lastModifiedBy.user.email || '',
name: resource.lastModifiedBy.user.displayName || '',
lastModifiedByUserIdDate: resource.lastModifiedDateTime,
} : undefined,
parent: resource.parentReference ? {
id: resource.parentReference.id || '',
title: resource.parentReference.path ? resource.parentReference.path.split('/').pop() : undefined,
driveId: resource.parentReference.driveId || '',
} : undefined,
};
});
return results;
}
return [];
} catch (error) {
ld.log(`Error: ${error.message}, Stack: ${error.stack}`);
return [];
}
function getMimeTypeFromFileName(fileName) {
const extension = fileName.split('.').pop().toLowerCase();
const mimeTypes = {
'txt': 'text/plain',
'doc': 'application/msword',
'docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
'pdf': 'application/pdf',
};
return mimeTypes[extension] || 'application/octet-stream';
}
