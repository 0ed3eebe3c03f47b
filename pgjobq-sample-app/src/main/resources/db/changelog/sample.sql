--liquibase formatted sql
-- The tables of the sample itself. pgjobq keeps its own in a schema of its own, with a change log of its own.

--changeset sample:sign-up
create table sign_up (
    id bigint generated always as identity primary key,
    name text not null,
    email text not null,
    job_id bigint,
    sent_at timestamptz not null default clock_timestamp(),
    -- How its job ended; filled in by whoever learns of it first through completion tracking.
    finished_at timestamptz,
    mail_file text,
    error text
);

--changeset sample:delivery-attempt
create table delivery_attempt (
    sign_up_id bigint not null references sign_up,
    attempt int not null,
    node text not null,
    started_at timestamptz not null default clock_timestamp(),
    failed_at timestamptz,
    error text,
    primary key (sign_up_id, attempt)
);

--changeset sample:csv-import
create table csv_import (
    id bigint generated always as identity primary key,
    file_name text not null,
    lines int not null,
    started_at timestamptz not null default clock_timestamp(),
    -- Whether common mistakes are repaired instead of refused.
    lenient boolean not null default false,
    -- When somebody first ran broken lines again; rows stored later say nothing about how fast the import was.
    repaired_at timestamptz
);

--changeset sample:customer-order
create table customer_order (
    csv_import_id bigint not null references csv_import,
    line_number int not null,
    order_number text not null,
    ordered_on date not null,
    customer text not null,
    email text not null,
    product text not null,
    quantity int not null,
    unit_price numeric(10, 2) not null,
    node text not null,
    imported_at timestamptz not null default clock_timestamp(),
    primary key (csv_import_id, line_number)
);

--changeset sample:line-correction
create table line_correction (
    csv_import_id bigint not null references csv_import,
    line_number int not null,
    text text not null,
    primary key (csv_import_id, line_number)
);

--changeset sample:order-export
create table order_export (
    job_id bigint primary key
);
