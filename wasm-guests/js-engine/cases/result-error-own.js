class ApiError extends Error {
  toJSON() {
    return { status: 418 };
  }
}
return { error: new ApiError('no'), more: new Error('elsewhere as JSON has it') };
