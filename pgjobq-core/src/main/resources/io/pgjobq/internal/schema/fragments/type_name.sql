-- What a logical type is called, without the version that may be stored with it: order@2 is version 2 of order.
regexp_replace($1, '@([2-9]|[1-9][0-9]{1,2})$', '')
