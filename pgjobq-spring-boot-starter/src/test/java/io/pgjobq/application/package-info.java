/** Whole applications, on PostgreSQL. */
package io.pgjobq.application;
