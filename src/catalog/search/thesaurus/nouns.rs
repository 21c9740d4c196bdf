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
company organisation organization firm business enterprise
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
";
