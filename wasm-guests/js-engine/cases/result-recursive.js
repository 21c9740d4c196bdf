return { toJSON() { const down = () => down() + 1; return down(); } };
