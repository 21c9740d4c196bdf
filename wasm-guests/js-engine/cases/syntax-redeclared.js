const answer = 1;
const answer = 2;
return answer;
