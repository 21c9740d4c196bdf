return [btoa(`${env.CLIENT_ID}:${env.CLIENT_SECRET}`), Object.keys(data)];
