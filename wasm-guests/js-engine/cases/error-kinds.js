const failures = [];
for (const path of ['a', 'b', 'c', 'd', 'e']) {
  try {
    await ld.request({ url: `https://api.example.com/${path}` });
  } catch (error) {
    failures.push([error instanceof Error, error.message, error.code]);
  }
}
return failures;
