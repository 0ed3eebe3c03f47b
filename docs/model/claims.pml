/*
 * How jobs are claimed, ended, given back and rescued, as docs/storage-protocol.md says and the SQL functions do it.
 * Each step is what PostgreSQL makes one of: a snapshot, a lock, a commit. README.md next to this file says what stands
 * for what, what is left out, and how to run it. BUG_… takes one mechanism out; the checker must notice.
 */
#ifndef JOBS
#define JOBS 2          /* senders, each with one transaction */
#endif
#ifndef RETRIES
#define RETRIES 0       /* attempts that may fail, over all jobs */
#endif
#ifndef FAULTS
#define FAULTS 1        /* kills, false deaths, lost answers, jobs given back, roll-backs of handlers, dead rescuers */
#endif
#ifndef CRASHES
#define CRASHES 0       /* of the server */
#endif
#ifndef RESTORES
#define RESTORES 0      /* of the database to how it was before any job */
#endif
#ifndef BATCH
#define BATCH 2         /* jobs in one claim */
#endif
#define NODES 2         /* processes; each that is declared dead or killed comes back under a new number */
#define NUMBERS 4       /* node numbers: assertions guard this bound and the next */
#define PER_NUMBER 6    /* ids of claims for each number */
#define CLAIMS 24
#define SEQS (JOBS + RETRIES)   /* numbers of jobs, from 1 on */
#define NOTHING 15      /* no seq, no number */

/* Sets are bit masks. */
#define bit(x) (1 << (x))
#define has(set, x) (((set) >> (x)) & 1)
#define from_on(set, x) (((set) >> (x)) << (x))
#define min(a, b) ((a) < (b) -> (a) : (b))
#define max(a, b) ((a) > (b) -> (a) : (b))

mtype = { idle, asked, guessed, locked, looked, picked, committed, fenced };

/* ---- The tables, as they are committed ---- */

byte ready;                 /* job: the seqs that are in line or running; that of a job that waits is in no lane */
byte waiting;               /* job: how many back off */
byte last_seq = JOBS;       /* job_seq: the senders have drawn theirs, and commit in any order */
int claims;                 /* claim: ids; an id says whose it is */
byte names[CLAIMS];         /* claim.seqs, empty if there is no such claim */
byte nodes = 3;             /* node: numbers */

int flushed;                /* the claims that are certainly on disk; a crash may forget the others */

/* ---- Locks ---- */

byte queue_lock;            /* the queue's advisory lock: 0, or 1 + whose session has it */
int rescuing;               /* the claim row that the rescuer has for update, if any */

/* ---- Processes ---- */

typedef Node {
    byte number = NOTHING;
    byte hint = 1;          /* Lanes.hints */
    byte wanted = NOTHING;  /* Lanes.wanted */
    byte told = NOTHING;    /* Lanes.told */
    int asking;             /* ClaimBook.asked: the claim whose answer is awaited, if any */
    int sending;            /* ClaimBook.asked: the claim of a job that is being sent from here, if any */
    byte sending_seq;       /* that job */
    int held;               /* ClaimBook.unsettled: claims with jobs that have not ended */
    int emptied;            /* ClaimBook.emptied: claims to be deleted */
    byte unended[CLAIMS];      /* of each held claim the jobs that have not ended */
    int ending;             /* the claim whose row the transaction that ends a job has for key share, if there is one */
    byte ending_seq
};
Node node[NODES];

/* The session in which a node calls claim(); it goes on when the node has given the answer up. */
typedef Session {
    mtype stage = idle;
    byte claim;             /* p_claim */
    byte from;              /* p_from */
    byte told;              /* p_told */
    byte pick;              /* what the insert names */
    byte next               /* next_seq */
};
Session session[NODES];

byte abandoned;             /* registered numbers whose process is gone */
byte faults = FAULTS;
byte crashes = CRASHES;
byte restores = RESTORES;
byte retries = RETRIES;

/* What an observer knows: by which process and claim a job is held. */
byte holder[SEQS + 1];

#define HELD_BY(n, c) ((n) * CLAIMS + (c) + 1)
#define NUMBER_OF(c) ((c) / PER_NUMBER)
#define CLAIMS_OF(x) ((bit(PER_NUMBER) - 1) << ((x) * PER_NUMBER))
#define OF_REGISTERED (has(nodes, 0) * CLAIMS_OF(0) | has(nodes, 1) * CLAIMS_OF(1) | has(nodes, 2) * CLAIMS_OF(2) \
    | has(nodes, 3) * CLAIMS_OF(3))
#define NAMED (names[0] | names[1] | names[2] | names[3] | names[4] | names[5] | names[6] | names[7] | names[8] \
    | names[9] | names[10] | names[11] | names[12] | names[13] | names[14] | names[15] | names[16] | names[17] \
    | names[18] | names[19] | names[20] | names[21] | names[22] | names[23])
#define FREE (ready & ~NAMED)

#ifdef BUG_NO_KEY_SHARE
#define SHARED 0
#else
#define SHARED (node[0].ending | node[1].ending)
#endif
#define LOCKED (SHARED | rescuing)

/* A synchronous commit flushes whatever was committed before it. */
inline flush() {
    flushed = (crashes > 0 -> claims : 0)
}

inline lowest(x, set) {
    x = 0;
    do :: has(set, x) -> break :: else -> x++ od
}

/* Any member of a set that isn't empty. */
inline choose(x, set) {
    x = 0;
    do :: has(set, x) -> break :: !has(set, x) || ((set) >> (x + 1)) != 0 -> x++ od
}

inline tell(n, seq) {
    node[n].wanted = min(node[n].wanted, seq);
    node[n].told = min(node[n].told, seq)
}

/* A wake-up, which reaches everybody or nobody. One that is late is like one that is lost: the sweep comes first. */
inline announce(seq) {
    if
    :: tell(0, seq); tell(1, seq)
    :: skip
    fi
}

inline delete_claim(id) {
    claims = claims & ~bit(id);
    names[id] = 0
}

/*
 * Numbers and ids that nobody has or remembers are as good as new ones, and so few are enough. The bug: those that are not
 * in the table are taken for new, as after a crash that set a sequence back; or numbers that another process has, as after a
 * restore, so that each knows its own ids only.
 */
#define IN_SESSION(n) ((session[n].stage != idle) * bit(session[n].claim))
#define REMEMBERED(n) (node[n].asking | node[n].sending | node[n].held | node[n].emptied | node[n].ending | IN_SESSION(n))
#define NUMBER(n) ((node[n].number != NOTHING) * bit(node[n].number))
#if defined(BUG_CLAIM_IDS_COME_BACK)
#define USED_CLAIMS(n) claims
#elif defined(BUG_NUMBERS_COME_BACK)
#define USED_CLAIMS(n) (claims | REMEMBERED(n))
#else
#define USED_CLAIMS(n) (claims | flushed | REMEMBERED(0) | REMEMBERED(1))
#endif
#define HAS_CLAIM(x) ((((claims | flushed | REMEMBERED(0) | REMEMBERED(1)) & CLAIMS_OF(x)) != 0) * bit(x))
#ifdef BUG_NUMBERS_COME_BACK
#define USED_NUMBERS nodes
#else
#define USED_NUMBERS (nodes | NUMBER(0) | NUMBER(1) | HAS_CLAIM(0) | HAS_CLAIM(1) | HAS_CLAIM(2) | HAS_CLAIM(3))
#endif

/* Jobs that leave their claim without having ended. */
inline let_go(set) {
    i = 1;
    do
    :: i <= SEQS -> if :: has(set, i) -> holder[i] = 0 :: else fi; i++
    :: else -> break
    od;
    i = 0
}

/* ---- A sender's transaction, which may commit after one that drew a higher number ---- */

#define MAY_SEND(n) (node[n].number != NOTHING && has(nodes, node[n].number) && node[n].sending == 0 && node[n].asking == 0 \
    && session[n].stage == idle && node[n].wanted == NOTHING && from_on(ready, node[n].hint) == 0)

inline send_claimed(n) {
    lowest(c, ~USED_CLAIMS(n) & CLAIMS_OF(node[n].number) | bit(CLAIMS));
    assert(c < CLAIMS);
    ready = ready | bit(s);
    claims = claims | bit(c);
    names[c] = bit(s);
    holder[s] = HELD_BY(n, c);
    node[n].sending = bit(c);
    node[n].sending_seq = s;
    flush();
    c = 0
}

/* A restore breaks off the transactions of the senders before it. */
#define BROKEN (before != restores)

proctype Sender(byte s, before) {
    byte c;
    if
    :: BROKEN
    :: atomic { !BROKEN -> ready = ready | bit(s); flush(); announce(s) }
    /* send_claimed: the job is committed together with a claim of the node that sends it, if that sees none before it. */
    :: atomic { !BROKEN && MAY_SEND(0) -> send_claimed(0) }
    :: atomic { !BROKEN && MAY_SEND(1) -> send_claimed(1) }
    :: skip /* rolls back */
    fi
}

/* ---- promote(): a failed job gets another number when its back-off is over; that too is drawn before the commit ---- */

byte drawn;

proctype Promote() {
end:
    do
    :: d_step { waiting > 0 && drawn == 0 -> last_seq++; drawn = last_seq; assert(drawn <= SEQS) }
    :: atomic { drawn != 0 -> waiting--; ready = ready | bit(drawn); flush(); announce(drawn); drawn = 0 }
    od
}

/* ---- claim() ---- */

#define MINE session[me]

#ifdef BUG_NO_LOCK
#define MAY_LOCK true
#else
#define MAY_LOCK (queue_lock == 0)
#endif
#ifdef BUG_NO_ANTI_JOIN
#define ANTI_JOIN(jobs) (jobs)
#else
#define ANTI_JOIN(jobs) ((jobs) & ~NAMED)
#endif

/* pg_advisory_xact_lock, then the look for the node's row, in a snapshot of its own. */
inline lock_queue(then) {
    if
    :: has(nodes, NUMBER_OF(MINE.claim)) -> queue_lock = me + 1; MINE.stage = then
    :: else -> MINE.pick = 0; MINE.stage = fenced
    fi
}

/* Where a snapshot follows the lock, waiting for it changes nothing: so asking and locking are one step, unless wanted. */
#if defined(BUG_SNAPSHOT_BEFORE_LOCK) || defined(BUG_NO_LOCK)
#define WAIT
#endif
#ifdef WAIT
#define MAY_ASK true
#define GO_ON skip
#else
#define MAY_ASK MAY_LOCK
#define GO_ON lock_queue(locked)
#endif

/* Goes over what live claims name, up to what was announced at most: more often than claim() does, which asks when the way
   there was looked at. */
inline jump() {
    if
    :: true
    :: MINE.from < MINE.told && from_on(NAMED, MINE.from) != 0 ->
       choose(i, from_on(NAMED, MINE.from));
       k = min(i + 1, MINE.told);
       i = 0
    fi
}

/* Of what a snapshot shows, the first from there on. */
inline pick_from(jobs) {
    MINE.pick = from_on(jobs, k);
    i = 1; k = 0;
    do
    :: i <= SEQS ->
       k = k + has(MINE.pick, i);
       if :: k > BATCH -> MINE.pick = MINE.pick & ~bit(i) :: else fi;
       i++
    :: else -> break
    od;
    i = 0; k = 0
}

inline clear(which) {
    session[which].stage = idle; session[which].claim = 0; session[which].from = 0; session[which].told = 0;
    session[which].pick = 0; session[which].next = 0
}

proctype Claim(byte me) {
    byte i, k;
end:
    do
#ifdef BUG_SNAPSHOT_BEFORE_LOCK
    :: d_step { MINE.stage == asked -> k = MINE.from; pick_from(ANTI_JOIN(ready)); MINE.stage = guessed }
    :: d_step { MINE.stage == guessed && MAY_LOCK -> lock_queue(picked) }
#else
    :: d_step { MINE.stage == asked && MAY_LOCK -> lock_queue(locked) }
#endif
    /* The snapshot of the statement that reads jobs and claims, and inserts what nobody sees before the commit. */
#ifdef BUG_TWO_SNAPSHOTS
    :: d_step { MINE.stage == locked -> MINE.pick = ready; MINE.stage = looked }
    :: d_step { MINE.stage == looked -> k = MINE.from; pick_from(ANTI_JOIN(MINE.pick)); MINE.stage = picked }
#else
    :: atomic { MINE.stage == locked -> k = MINE.from; jump(); pick_from(ANTI_JOIN(ready)); MINE.stage = picked }
#endif
    /* The commit, asynchronous: nothing is flushed. next_seq is read after the insert. */
    :: d_step { MINE.stage == picked ->
           assert((MINE.pick & NAMED) == 0);       /* no job is held by two live claims */
           assert((MINE.pick & ~ready) == 0);      /* no job that has ended is taken */
           if
           :: MINE.pick != 0 ->
              assert(!has(claims, MINE.claim));    /* no id is used twice */
              claims = claims | bit(MINE.claim);
              names[MINE.claim] = MINE.pick
           :: else
           fi;
           MINE.next = MINE.from;
           i = 1;
           do
           :: i <= SEQS ->
              if :: has(NAMED, i) -> MINE.next = max(MINE.next, i + 1) :: else fi;
              if :: has(MINE.pick, i) -> holder[i] = HELD_BY(me, MINE.claim) :: else fi;
              i++
           :: else -> break
           od;
           i = 0;
           queue_lock = 0;
           MINE.stage = committed
       }
    /* Nobody waits for the answer any more. */
    :: d_step { (MINE.stage == committed || MINE.stage == fenced) && node[me].asking != bit(MINE.claim) -> clear(me) }
    od
}

/* ---- A node ---- */

#define N node[me]
#define KNOWN (N.held | N.emptied | N.asking | N.sending)
#define ORPHANS ((N.number != NOTHING) * (claims & CLAIMS_OF(N.number) & ~KNOWN & ~LOCKED))
#define MISSED (FREE & (bit(N.wanted) - 1))
#ifdef BUG_HINT_ALONE
#define FROM N.hint
#else
#define FROM min(N.wanted, N.hint)
#endif
#ifdef BUG_NO_FENCING
#define EXISTS(id) true
#else
#define EXISTS(id) has(claims, id)
#endif

inline hear() {
    c = MINE.claim;
    N.asking = 0;
    if
    :: MINE.stage == fenced ->
       tell(me, MINE.from);
       if :: N.number == NUMBER_OF(c) -> N.number = NOTHING :: else fi
    :: MINE.stage == committed && MINE.pick == 0 ->
       N.hint = max(N.hint, MINE.next);
    :: MINE.stage == committed && MINE.pick != 0 ->
       N.held = N.held | bit(c);
       N.unended[c] = N.unended[c] | MINE.pick;
       i = SEQS; k = 0;
       do :: i > 0 -> k = k + has(MINE.pick, i); i-- :: else -> break od;
       if
       :: k == BATCH ->
          i = SEQS;
          do :: has(MINE.pick, i) -> break :: else -> i-- od;
          N.wanted = min(N.wanted, i + 1);
          N.hint = max(MINE.from, i + 1)
       :: else -> N.hint = max(N.hint, MINE.next)
       fi;
       i = 0; k = 0
    fi;
    clear(me);
    c = 0
}

/* Job s of claim c ended, or is lost to this node: it is no longer among those to do. */
inline done() {
    N.unended[c] = N.unended[c] & ~bit(s);
    if :: N.unended[c] == 0 -> N.held = N.held & ~bit(c) :: else fi
}

/* The delete or update of the job's row, which looks for its number, and the commit. */
inline end_job() {
    assert(has(ready, s));                      /* no job ends twice */
    assert(holder[s] == HELD_BY(me, c));        /* it is ended by the claim that holds it, so by nobody who was fenced */
    ready = ready & ~bit(s);
    holder[s] = 0;
    done();
    /* An emptied claim is deleted in the same transaction, or later. */
    if
    :: N.unended[c] != 0
    :: N.unended[c] == 0 -> delete_claim(c)
    :: N.unended[c] == 0 && faults > 0 -> faults--; N.emptied = N.emptied | bit(c)
    fi;
    flush()
}

proctype Worker(byte me) {
    byte c, s, i, k;
end:
    do
    /* Registers anew: at its start, or when it learns that its row is gone. */
    :: d_step { N.number == NOTHING || !has(nodes, N.number) ->
           lowest(c, ~USED_NUMBERS);
           assert(c < NUMBERS);
           N.number = c; nodes = nodes | bit(c);
           flush();
           c = 0
       }
    /* Asks for jobs. */
    :: d_step { (N.number != NOTHING && N.asking == 0 && N.wanted != NOTHING && MINE.stage == idle && MAY_ASK) ->
           lowest(c, ~USED_CLAIMS(me) & CLAIMS_OF(N.number) | bit(CLAIMS));
           assert(c < CLAIMS);
           MINE.claim = c;
           MINE.from = FROM;
           MINE.told = N.told;
           MINE.stage = asked;
           N.asking = bit(c);
           N.wanted = NOTHING; N.told = NOTHING;
           c = 0;
           GO_ON
       }
    :: d_step { (MINE.stage == committed || MINE.stage == fenced) && N.asking == bit(MINE.claim) -> hear() }
    /* Gives an answer up, because the connection broke. The session may still be at it. */
    :: d_step { N.asking != 0 && faults > 0 -> faults--; N.asking = 0; tell(me, MINE.from) }
    /* Learns that the job that it sent is its own, or, since the answer was lost, does not. */
    :: d_step { N.sending != 0 ->
           lowest(c, N.sending);
           N.held = N.held | bit(c);
           N.unended[c] = bit(N.sending_seq);
           N.hint = max(N.hint, N.sending_seq + 1);
           N.sending = 0; N.sending_seq = 0;
           c = 0
       }
    :: d_step { N.sending != 0 && faults > 0 -> faults--; N.sending = 0; N.sending_seq = 0 }
    /* settle_succeeded, settle_failed, complete: first the claim's row for key share, which waits for a rescuer … */
    :: atomic { N.ending == 0 && (N.held & ~rescuing) != 0 ->
           choose(c, (N.held & ~rescuing));
           choose(s, N.unended[c]);
           if
           :: EXISTS(c) -> N.ending = bit(c); N.ending_seq = s
           :: else -> done() /* is told that the job is lost */
           fi;
           c = 0; s = 0
       }
    /* … then the commit: the job has succeeded, or failed and backs off; or the handler's transaction rolls back. */
    :: atomic { N.ending != 0 ->
           lowest(c, N.ending); s = N.ending_seq; N.ending = 0; N.ending_seq = 0;
           if
           :: true -> end_job()
           :: retries > 0 -> end_job(); retries--; waiting++
           :: faults > 0 -> faults--
           fi;
           c = 0; s = 0
       }
    /* release: has the claim's row for update, or does nothing. */
    :: atomic { faults > 0 && (N.held & ~LOCKED) != 0 ->
           faults--;
           choose(c, (N.held & ~LOCKED));
           choose(s, N.unended[c]);
           done();
           if
           :: has(claims, c) ->
              holder[s] = 0;
              names[c] = names[c] & ~bit(s);
              if :: N.unended[c] == 0 -> delete_claim(c) :: else fi;
              flush(); announce(s)
           :: else
           fi;
           c = 0; s = 0
       }
    /* settle_succeeded, with no job */
    :: d_step { (N.emptied & ~LOCKED) != 0 ->
           lowest(c, (N.emptied & ~LOCKED));
           N.emptied = N.emptied & ~bit(c);
           delete_claim(c);
           flush();
           c = 0
       }
#ifndef BUG_NO_TIDYING
    /* Claims in its name of which it knows nothing. */
    :: d_step { ORPHANS != 0 ->
           lowest(c, ORPHANS);
           let_go(names[c]);
           delete_claim(c);
           flush();
           c = 0
       }
#endif
#ifndef BUG_NO_SWEEP
    /* sweep, where it finds what nobody told of */
    :: d_step { N.number != NOTHING && MISSED != 0 -> lowest(s, FREE); tell(me, s); s = 0 }
#endif
    /* advance: the hint moves on, to where the numbers stand at most. */
    :: d_step { N.wanted == NOTHING && N.hint < last_seq -> N.hint = last_seq }
    /* Is killed, and starts again. */
    :: d_step { faults > 0 && N.number != NOTHING ->
           faults--;
           abandoned = abandoned | (bit(N.number) & nodes);
           N.number = NOTHING; N.hint = 1; N.wanted = 1; N.told = 1; N.asking = 0; N.sending = 0; N.sending_seq = 0;
           N.held = 0; N.emptied = 0; N.ending = 0; N.ending_seq = 0;
           do :: c < CLAIMS -> N.unended[c] = 0; c++ :: else -> break od;
           c = 0
       }
    od
}

/* ---- rescue(), one at a time: the claims of numbers that are not on the list, skipping what is locked ---- */

#define RESCUABLE (claims & ~OF_REGISTERED & ~SHARED)

proctype Rescue() {
    byte c, i, s;
end:
    do
#ifndef BUG_NO_RESCUE
    :: d_step { rescuing == 0 && RESCUABLE != 0 -> lowest(c, RESCUABLE); rescuing = bit(c); c = 0 }
#endif
    :: atomic { rescuing != 0 ->
           lowest(c, rescuing);
           s = names[c] & ready;
           let_go(s);
           delete_claim(c);
           rescuing = 0;
           flush();
           if :: s != 0 -> lowest(i, s); announce(i) :: else fi;
           c = 0; s = 0; i = 0
       }
    :: d_step { rescuing != 0 && faults > 0 -> faults--; rescuing = 0 }
    od
}

/* ---- What happens to nodes and to the server ---- */

/* A node's connections to the server break: it will ask again, and its open transaction is rolled back. */
inline break_off(n) {
    if
    :: session[n].stage != idle && node[n].asking == bit(session[n].claim) ->
       node[n].asking = 0;
       tell(n, session[n].from)
    :: else
    fi;
    clear(n);
    node[n].ending = 0; node[n].ending_seq = 0
}

/* The tables are as before the first job, and jobs come with the numbers that there were: only processes remember. */
inline restore() {
    ready = 0; waiting = 0; last_seq = JOBS; drawn = 0;
    c = 0;
    do :: c < CLAIMS -> delete_claim(c); c++ :: else -> break od;
    c = 0;
    let_go(bit(SEQS + 1) - 1);
    queue_lock = 0; rescuing = 0; abandoned = 0;
    break_off(0); break_off(1);
    node[0].sending = 0; node[0].sending_seq = 0; node[1].sending = 0; node[1].sending_seq = 0;
    /* The nodes were on the list by then, or not. */
    if :: nodes = 0 :: nodes = 3 fi;
    flush()
}

proctype Misfortune() {
    byte c, i;
end:
    do
    :: atomic { restores > 0 ->
           restores--;
           restore();
           for (c : 1 .. JOBS) { run Sender(c, restores) }
           c = 0
       }
    /* declare_dead: those that are gone, sooner or later; those that live, because they were silent. */
    :: d_step { (nodes & abandoned) != 0 ->
           lowest(c, (nodes & abandoned)); nodes = nodes & ~bit(c); abandoned = abandoned & ~bit(c); flush(); c = 0 }
    :: atomic { faults > 0 && (nodes & ~abandoned) != 0 ->
           faults--; choose(c, (nodes & ~abandoned)); nodes = nodes & ~bit(c); flush(); c = 0 }
    /* The server crashes: transactions and locks are gone, and maybe claims that were not flushed. */
    :: atomic { crashes > 0 ->
           crashes--;
           c = 0;
           do
           :: c < CLAIMS && has(claims & ~flushed, c) -> delete_claim(c); c++
           :: c < CLAIMS -> c++
           :: c == CLAIMS -> break
           od;
           c = 0;
           let_go(~NAMED);
           queue_lock = 0; rescuing = 0; drawn = 0;
           break_off(0); break_off(1);
           flush()
       }
    od
}

/* ---- When nothing can happen any more, everything has been done ---- */

proctype Audit() {
    timeout ->
    assert(ready == 0 && waiting == 0);     /* no committed job is left over */
    assert(claims == 0);
    assert(queue_lock == 0 && rescuing == 0 && session[0].stage == idle && session[1].stage == idle)
}

init {
    byte i;
    atomic {
        do
        :: i < JOBS -> i++; run Sender(i, restores)
        :: else -> break
        od;
        for (i : 0 .. NODES - 1) { node[i].number = i; run Claim(i); run Worker(i) }
        run Promote(); run Rescue(); run Misfortune(); run Audit();
        i = 0
    }
}
