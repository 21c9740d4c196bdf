throw { message: {}, status: 409 };
