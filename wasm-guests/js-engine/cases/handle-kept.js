const token = data.auth.token;
const parts = [`Bearer ${token}`, 'Bearer ' + token.trim(), ['Bearer', token].join(' '), `Bearer ${String(token)}`, 'Bearer ' + [...token].join('')];
return [new Set(parts).size, encodeURIComponent(token) === token, atob(btoa(`u:${token}`)) === `u:${token}`, JSON.parse(JSON.stringify({ token })).token === token];
