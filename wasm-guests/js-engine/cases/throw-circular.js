const problem = { name: 'ApiProblem', status: 418, request: { headers: { accept: '*' } } };
problem.request.problem = problem;
throw problem;
