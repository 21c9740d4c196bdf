const options = {
method: "GET",
url: `https://www.googleapis.com/calendar/v3/calendars/${data.input.calendarId}/events/${data.input.eventId}`,
headers: {
Authorization: "Bearer " + data.auth.access_token,
Accept: "application/json",
},
};
const response = await ld.request(options);
return response.json;
