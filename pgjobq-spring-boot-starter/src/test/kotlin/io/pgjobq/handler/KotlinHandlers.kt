package io.pgjobq.handler

import io.pgjobq.JobContext
import io.pgjobq.JobHandler
import java.io.IOException
import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.springframework.scheduling.annotation.Async
import org.springframework.transaction.annotation.Transactional

data class Parcel(val to: String)

/** What suspending functions come to. Final, as classes of Kotlin are. */
class KotlinEnds {

    val cancelled = CompletableFuture<String>()

    @JobHandler("value")
    suspend fun value(parcel: Parcel): String {
        delay(1)
        return "to ${parcel.to}"
    }

    @JobHandler("at-once")
    suspend fun atOnce(parcel: Parcel): String = "to ${parcel.to}"

    @JobHandler("elsewhere")
    suspend fun elsewhere(parcel: Parcel): String = withContext(Dispatchers.IO) { "to ${parcel.to}" }

    @JobHandler("unit")
    suspend fun unit(parcel: Parcel) {
        delay(1)
    }

    @JobHandler("unit-at-once")
    suspend fun unitAtOnce(parcel: Parcel) {
    }

    @JobHandler("null")
    suspend fun nothing(parcel: Parcel): String? {
        delay(1)
        return null
    }

    @JobHandler("fails")
    suspend fun fails(parcel: Parcel): Nothing {
        delay(1)
        throw IOException("no such place: ${parcel.to}")
    }

    @JobHandler("fails-at-once")
    suspend fun failsAtOnce(parcel: Parcel): String = throw IOException("no such place: ${parcel.to}")

    @JobHandler("times-out")
    suspend fun timesOut(parcel: Parcel): String = withTimeout(1) { awaitCancellation() }

    @JobHandler("cancelled")
    suspend fun cancelled(parcel: Parcel) {
        try {
            awaitCancellation()
        } finally {
            withContext(NonCancellable) {
                delay(1)
                cancelled.complete("tidied up")
            }
        }
    }
}

interface Deliveries {

    @JobHandler("interface")
    suspend fun deliver(parcel: Parcel): String {
        delay(1)
        return "to ${parcel.to}"
    }
}

abstract class Carrier<T> {

    @JobHandler("generic")
    suspend fun carry(load: T): String {
        delay(1)
        return "carried $load"
    }
}

/** The ways to declare one. */
class KotlinKinds : Carrier<Parcel>(), Deliveries {

    @JobHandler("private")
    private suspend fun hidden(parcel: Parcel): String {
        delay(1)
        return "to ${parcel.to}"
    }

    @JobHandler("internal")
    internal suspend fun inside(parcel: Parcel): String {
        delay(1)
        return "to ${parcel.to}"
    }

    @JobHandler("default")
    suspend fun default(parcel: Parcel = Parcel("nobody")): String {
        delay(1)
        return "to ${parcel.to}"
    }

    @JobHandler("plain")
    fun plain(parcel: Parcel): String = "to ${parcel.to}"

    @JobHandler("plain-unit")
    fun plainUnit(parcel: Parcel) {
    }
}

/** Open, so that it can have a proxy, which its final function is not a part of. */
open class KotlinBehindProxy {

    private val place = "here"

    @JobHandler("final")
    suspend fun handle(parcel: Parcel): String {
        delay(1)
        return "$place, to ${parcel.to}"
    }

    @JobHandler("open")
    open suspend fun handleOpenly(parcel: Parcel): String {
        delay(1)
        return "$place, to ${parcel.to}"
    }
}

class KotlinSecondParameter {

    @JobHandler("work")
    suspend fun handle(parcel: Parcel, job: JobContext, times: Int = 3): String = "to ${parcel.to} $job $times"
}

open class KotlinTransactional {

    @Transactional
    @JobHandler("work")
    open suspend fun handle(parcel: Parcel) {
    }
}

class KotlinAsync {

    @Async
    @JobHandler("work")
    suspend fun handle(parcel: Parcel) {
    }
}

/** Needs no coroutines. */
class KotlinAtOnce {

    @JobHandler("work")
    suspend fun handle(parcel: Parcel): String = "to ${parcel.to}"
}
