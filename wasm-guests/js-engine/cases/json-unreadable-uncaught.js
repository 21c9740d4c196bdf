const text = '<html>';
return JSON.parse(text);
