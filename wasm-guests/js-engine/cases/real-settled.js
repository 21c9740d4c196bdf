const outcomes = await Promise.allSettled(['a', 'b', 'c'].map(async (id) => {
  const response = await ld.request({ method: 'GET', url: `https://api.example.com/${id}` });
  if (!response.ok) throw new Error(`${id}: ${response.status}`);
  return response.json.name;
}));
return {
  good: outcomes.filter(({ status }) => status === 'fulfilled').map(({ value }) => value),
  bad: outcomes.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.message),
};
