const answer = 1;
importantThing(1;
