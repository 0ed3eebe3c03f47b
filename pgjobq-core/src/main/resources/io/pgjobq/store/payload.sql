-- A payload that was too large to come along with the claim. Locks nothing: payloads never change.
select j.payload from ${schema}.job j where j.id = ?
