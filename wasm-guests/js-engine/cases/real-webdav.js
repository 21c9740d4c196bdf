const response = await ld.request({
  method: 'PROPFIND',
  url: 'https://dav.example.com/files/',
  headers: { Depth: '1', 'Content-Type': 'application/xml', Authorization: `Basic ${btoa(`${data.auth.user}:${data.auth.password}`)}` },
  body: '<?xml version="1.0"?><d:propfind xmlns:d="DAV:"><d:allprop/></d:propfind>',
});
const names = [...response.text.matchAll(/<d:href>([^<]*)<\/d:href>/g)].map(([, href]) => decodeURIComponent(href));
const probe = await ld.request({ method: 'HEAD', url: 'https://dav.example.com' + names[1], headers: { Range: 'bytes=0-0' } });
return { status: response.status, json: response.json, names, size: Number(probe.headers['Content-Range'].split('/')[1]) };
