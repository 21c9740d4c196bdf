const response = await ld.request({ url: 'https://api.example.com/a' });
const file = await ld.request({ url: 'https://api.example.com/b', responseType: 'binary' });
return { response, keys: Object.keys(response), again: response.buffer.toString(), body: response.body, json: file.json, files: file };
