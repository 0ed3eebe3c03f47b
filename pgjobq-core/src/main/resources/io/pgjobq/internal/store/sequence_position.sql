-- How far sequence numbers have been drawn. Locks nothing.
select last_value from ${schema}.job_seq
