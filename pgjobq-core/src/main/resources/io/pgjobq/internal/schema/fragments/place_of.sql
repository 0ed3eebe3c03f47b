-- The seq in that lane of a job that waits until $1.
${micros_of($1)}
