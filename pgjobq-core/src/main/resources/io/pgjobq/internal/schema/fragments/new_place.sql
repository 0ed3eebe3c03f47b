-- The seq, lane and priority of a new job of id $1 and priority $2, which waits until $3 if $4.
case when $4 then ${place_of($3)} else $1 end, case when $4 then ${waiting_lane} else $2 end, case when $4 then $2 end
