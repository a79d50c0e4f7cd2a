/** One replica's data on one machine: commit log, memory tables, immutable MapDB tables, compaction. */
@NullMarked
package io.murmur.storage;

import org.jspecify.annotations.NullMarked;
