//! Nouns that people and APIs use for one another: those of offices, shops and software.

use std::sync::LazyLock;

use super::groups::Groups;

pub(super) static OF_NOUNS: LazyLock<Groups> = LazyLock::new(|| Groups::read(NOUN_GROUPS));

/// Nouns of one line stand for one another.
const NOUN_GROUPS: &str = "\
customer client buyer shopper
customer account company
user person member people everyone everybody employee staff colleague teammate account
employee staff worker colleague person
ticket issue bug case incident request problem complaint defect
incident outage alert
message text note dm
message chat conversation
email mail inbox
file document doc attachment presentation spreadsheet
folder directory
picture image photo avatar
picture image icon logo
app application
image png jpg jpeg svg
invoice bill
payment transaction charge
price cost rate fee amount spend
order purchase
product item article sku good
stock inventory quantity availability level unit piece
warehouse depot storage site
meeting event appointment session standup retro kickoff interview
availability free busy slot
task todo reminder
repository repo codebase project
build pipeline job run workflow ci
deployment release rollout
comment remark note reply
page article wiki document entry
team group department squad
role permission right access privilege scope
report summary statistic figure overview metric analytic
subscription plan membership
address location place
phone telephone mobile
company organisation organization org firm business enterprise
absence leave vacation holiday pto
salary pay wage payroll compensation
payslip payroll salary
server machine host vm instance node
log trace output
alert alarm warning notification
secret credential password token key
webhook hook callback
shift rota roster schedule
oncall duty
channel room
thread conversation discussion
label tag category
lead prospect
deal opportunity
offer quote proposal
supplier vendor
shipment delivery parcel package
coupon discount voucher promo promotion
tax vat
link url bookmark
alive health healthz livez ping reachable running
ready readyz
waiting pending
login access
vector embedding
presence online away
version revision history
history log audit activity timeline
review rating feedback
rating satisfaction happy satisfy
device hardware laptop
contact person customer
info information detail
project board
sprint iteration cycle milestone
status state progress condition
priority urgency urgent importance
deadline due date
next upcoming
history recent latest previous past
bulk batch multiple several many
access collaboration collaborator
signature sign
usage use consumption
cpu processor resource
memory resource
stat statistic metric usage
disk space storage
expense receipt reimbursement
budget spending
revenue sale turnover earning income
best top biggest largest
setting preference option configuration config
description text body content
title name subject
attendee participant guest
owner own responsible assignee
domain site website
backup snapshot dump
database db table
disk volume storage
memory ram
metric load
amount total quota usage balance level count
money balance fund amount
workspace team organization
channel conversation
dispute chargeback
content item inside
error failure exception
feature flag toggle
space section area
contract agreement
applicant candidate
vacancy job position opening
manager boss supervisor
trash bin
reaction emoji
ssh key
firewall port
song music tune
artist band singer musician
playback player
liked favourite favorite library
sms message text
mms media attachment picture photo
screenshot image picture attachment file
caller participant
meeting conference videoconference
attendee participant guest registrant panelist
absentee absence
droplet server machine vm instance
guild server
dyno container pod
uptime availability health alive
gist snippet paste
branch ref reference
commit revision
approval review
contributor collaborator member
banner notice
receivable overdue owed owe outstanding debt
till drawer
menu catalog catalogue
reservation appointment
coordinate geocode latitude longitude
route direction
weather forecast
ticker symbol
position portfolio
newsletter campaign
audience segment subscriber recipient
form survey questionnaire
poll survey vote
submission response
course class lesson
student pupil learner
grade score
exam test quiz
medication prescription drug
driver courier rider
vehicle car truck fleet
loyalty reward point
tip gratuity
merchant seller vendor
advert ad
pipeline funnel
stage step phase
estimate quote
timesheet timecard hour
dependency blocker
subtask child
watcher follower subscriber
chart graph
alert threshold
maintenance downtime
environment env variable
runner worker
artifact output
certificate cert ssl tls
cluster kubernetes k8s
function lambda
region datacenter
size flavor tier
transcript transcription caption subtitle
host organizer organiser
follower fan
feed timeline
status tweet
video clip movie film
podcast series
recommendation suggestion similar related
popular trending top
volume loudness
speaker device player
occurrence instance
collaborator contributor access
hostname domain dns
acl permission access
cell sheet spreadsheet worksheet workbook
column field property attribute
base database
spam junk
signature initial
autoresponder vacation responder
snooze reminder
attendance participant present
invitation guest
recurring repeat series recurrence
timezone zone
story epic issue task
reporter author creator
estimate point
worklog hour timesheet
burndown velocity report
changelog release note
stargazer favorite
secret variable environment
license licence
vulnerability advisory cve security
runner agent executor
verification code otp
whatsapp message
payout withdrawal
trial period
renewal subscription
coupon promotion code
cart basket
freight shipping
fulfillment fulfilment shipment
variant option sku
wishlist favorite
pos terminal reader device
journal entry ledger
aging aged receivable
bill payable supplier
payslip payrun payroll
goal objective target
bucket storage space
ip address
floating static
replica instance
trace span
exception error issue
rotation > schedule
runbook playbook
subscriber follower
lead contact prospect
opportunity deal
macro canned
satisfaction csat rating
knowledge article help
faq article help
chatbot bot
panelist speaker
completion response
prompt instruction
embedding vector
model engine
training finetune tuning
dataset data
namespace project
coordinate location position
geofence zone area
eta arrival
passenger traveler traveller
itinerary trip
fare price
luggage baggage
amenity facility
forecast prediction
crypto coin
symptom diagnosis condition
doctor physician provider
vaccine immunization
allergy intolerance
insurance policy coverage
claim request
payee supplier
mortgage loan
sensor device
outlet plug
thermostat temperature
scene preset
firmware software version
suppression optout
checkout cart
lamp light bulb
song tune > track
automatically > automatic auto rule
contract agreement > envelope
answer > response
logout > session
client customer buyer > contact
dropoff conversion > funnel
test > experiment
fare taxi mileage > expense
electrician plumber mechanic engineer > technician
stop > route
result outcome > summary report statistic
admin administrator
visit repair > job appointment
profit loss > income
mailing > audience
paycheck paystub payslip
perk benefit
appraisal evaluation review
wire > transfer payment
chargeback > dispute
churn > cancellation
docs documentation > document article
readme > file content
ci > workflow pipeline build
prod > production environment
chart graph > widget dashboard metric
alarm > alert monitor
spike > metric
p95 p99 percentile > latency metric
subdomain > domain record
cdn > cache edge
cron > schedule job trigger
bucket > container
gcal > calendar
appointment call > event meeting
blast > campaign
audience > list segment
click opens > report statistic
collection category catalog
mfa 2fa otp authentication factor
sso saml
apikey > key token
plugin addon extension integration
helpdesk > ticket support
dossier > record file
kid child
nickname > name alias
timeslot > slot availability
receipt > invoice
signup registration > registrant subscriber
waitlist > waiting queue
hashtag > tag
carousel album gallery
photo picture image > media
blocklist blacklist denylist > blocked block
allowlist whitelist > allowed permission
backlog > issue ticket
kanban > board
roadmap > project milestone
standup > meeting
minutes > note transcript
blog > post article
newsfeed > feed
caption subtitle
debt > invoice balance
store shop > location
courier > delivery carrier
seat desk > booking
quota limit
ratelimit > limit quota
exporter > export
schema structure definition
row > record
spec > definition schema
wallet > balance account
file blob > object
email mail inbox mailbox > message
mailbox > inbox
subpage > child
entry > record
card > method
carrier courier > shipping
owner > holder
error > log event
machine server vm > host instance
staff colleague coworker coworkers > user member
reviewer > assignee
holiday vacation leave absence > off out away
salary wage earning > compensation pay
birthday anniversary > celebration
trash > deleted
money cash > balance payment
charge > payment
mr > merge
purchase > order
parcel package shipment > fulfillment tracking
policy > rule
rule > filter policy
autoreply > vacation responder
headcount > employee
hire joiner newcomer > employee
role job vacancy > position opening
downtime outage > incident
latency > metric
downloads traffic visits views > analytics metric
label > tag
autoresponder > vacation
draft > unpublished
logo icon > image
certificate ssl tls > cert
liked favourite favorite > saved
call videocall > meeting conference
voicemail > recording
diff > change patch
guest > invite
submission > answer
grade > mark
cv > resume
alert > monitor trigger
threshold > trigger
tweet > post
podcast series > show
reservation appointment > booking hold
newsletter > mailing
till drawer > register
uptime > check monitor
payout > settlement
shipment parcel > tracking
announcement > banner notice
beneficiary recipient > payee
follower > following
timetable > schedule
sharing > permission acl access
advert ad > listing
unread > notification
recap > summary
";
