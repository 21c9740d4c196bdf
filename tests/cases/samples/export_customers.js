// Generate CSV export
const data = await fetchCustomerData();
const csvHeader = "Name,Email,Created";
const csvRows = data.map(
(customer) => `"${customer.name}","${customer.email}","${customer.created}"`
);
const csvContent = [csvHeader, ...csvRows].join("\n");
return {
files: {
fileName: `customers-${new Date().toISOString().slice(0, 10)}.csv`,
mimeType: "text/csv",
text: csvContent, // Use 'text' for UTF-8 content, 'base64' for binary
},
success: true,
exported: data.length,
};

// What the sample leaves to its reader.
async function fetchCustomerData() {
  return [
    { name: "Ana", email: "a@example.com", created: "2024" },
    { name: "Bo", email: "b@example.com", created: "2025" },
  ];
}
