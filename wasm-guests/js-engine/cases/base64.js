const failure = (action) => {
  try {
    return action();
  } catch (error) {
    return `${error.name}: ${error.constructor.name}`;
  }
};
return [
  btoa('id:secret'), btoa('\xff\x00'), failure(() => btoa('€')), failure(() => btoa()), btoa(12),
  atob('aWQ6c2VjcmV0'), atob(' /w A = ').length, failure(() => atob('a')), failure(() => atob('a-b_')), atob(''), atob('YQ'),
  [...atob('/wA=')].map((c) => c.charCodeAt(0)),
];
