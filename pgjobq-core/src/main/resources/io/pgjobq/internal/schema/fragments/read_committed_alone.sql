-- Each statement sees what was committed before it began: an older snapshot would miss claims. $1 names the function.
if current_setting('transaction_isolation') <> 'read committed' then
        raise exception '$1 needs read committed, not %', current_setting('transaction_isolation')
            using errcode = 'PJ002';
    end if
