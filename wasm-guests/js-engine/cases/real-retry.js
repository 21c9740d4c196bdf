async function withRetry(options, attempts = 3) {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await ld.request(options);
      if (response.status !== 429 && response.status < 500) return response;
      if (attempt === attempts) throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status });
      const pause = Number(response.headers['Retry-After'] ?? 1) * 1000;
      ld.log(`attempt ${attempt}: ${response.status}, waiting ${pause} ms`);
      await ld.wait(Math.min(pause, 30000));
    } catch (error) {
      if (error.status || attempt === attempts) throw error;
      ld.log('attempt failed:', error.message);
    }
  }
}
return (await withRetry({ method: 'GET', url: 'https://api.example.com/' })).json;
