return data.a.match(/(?<y>\d+)-(?<y>\d+)/).groups.y;
