ld.wait(60000);
ld.wait(60000);
ld.wait(30000);
ld.wait(-1);
return 1;
