return 'ﷺ'.repeat(1e6).normalize('NFKD').length;
