-- Until when a job waits whose seq in that lane is $1.
timestamptz 'epoch' + $1 * interval '1 microsecond'
