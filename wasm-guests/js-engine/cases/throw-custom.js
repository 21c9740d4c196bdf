class ApiError extends Error {
  constructor(status) {
    super(`status ${status}`);
    this.name = 'ApiError';
    this.status = status;
  }
}
throw new ApiError(418);
