return { title: data.input.title };
