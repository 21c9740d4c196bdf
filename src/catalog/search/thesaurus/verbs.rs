//! Verbs that people and APIs use for one another.

use std::sync::LazyLock;

use super::groups::Groups;

pub(super) static OF_VERBS: LazyLock<Groups> = LazyLock::new(|| Groups::read(VERB_GROUPS));

/// Verbs of one line stand for one another.
const VERB_GROUPS: &str = "\
get fetch show read retrieve view see display look tell describe check lookup pull detail inspect open
list find search show browse query look all see enumerate overview lookup
list read fetch retrieve view
find search look lookup locate query
count number total
create add make new insert register open raise file build generate record start set submit launch write put report
update change edit modify set adjust alter patch correct fix amend replace
replace overwrite
set make
insert upsert put add
rename update edit
delete remove drop erase destroy discard trash purge wipe bin cancel prune
remove detach unassign take kick exclude
kick delete
cancel abort call terminate delete quit end
send post message deliver share mail email tell write
remind reminder
sign signature
render export
reply answer respond comment
comment remark note
close resolve complete finish end solve
reopen open again
approve accept confirm authorise authorize sign allow
reject decline refuse deny
archive hide shelve close
restore recover undelete unarchive bring
extract unpack unzip
disconnect detach unlink
pause suspend hold freeze stop
resume continue unpause restart
start launch run begin trigger execute boot kick
stop halt shut terminate end kill cancel
restart reboot relaunch bounce
retry rerun again repeat
rollback revert undo restore back
publish release announce post
install pull add
uninstall remove delete
deploy release rollout ship push
disable deactivate suspend switch
enable activate switch
lock freeze block
unlock open unblock
assign give hand delegate reassign allocate
give add grant
invite add onboard ask join
add bring put insert
ban block
mute silence quiet snooze
pin stick keep
star favourite favorite bookmark
follow watch subscribe track
share grant allow access invite give
revoke withdraw invalidate remove lift
upload attach add import put
download export get fetch
copy duplicate clone fork
move transfer shift relocate put
rename name title call
merge combine unite join
reschedule move postpone shift delay update
schedule book plan arrange create
book reserve
refund reimburse reverse return
pay settle
charge bill debit
bill invoice
ship dispatch send deliver
receive arrive restock replenish
translate convert
verify check validate confirm
rotate renew regenerate reset
hire employ onboard create
upgrade downgrade update switch
acknowledge confirm accept
log record note create add
adjust correct fix
put insert add create schedule
text message send sms
call dial ring phone
forward redirect transfer
apply allocate attach
increase raise update
lower decrease reduce
register enroll enrol
transition move change
provision launch create
resize scale
protect require enforce
limit restrict
instantiate start create
request ask
unsend delete
blast > send
nudge remind
grab get fetch download
peek skim get read
compose craft draft write create send
jot note create log
spawn mint create start
tweak revise reword update edit
toggle flip switch enable disable
refresh sync update
greenlight okay approve
ack acknowledge
ditch nuke axe delete remove
evict remove kick
escalate raise assign reassign
offboard deactivate terminate
chase remind
expire invalidate revoke
lose lost
win won
solve close update
finish end complete
dedupe deduplicate merge combine
swap exchange override replace
cover override
unmute enable resume
shutdown stop
return refund
inform notify tell send
save download store keep
ping notify message
cancel void
reverse undo revert
play queue
unmute mute
record log register
";
