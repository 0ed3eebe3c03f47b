package io.pgjobq.application

import io.pgjobq.JobContext
import io.pgjobq.JobHandler
import io.pgjobq.JobSender
import io.pgjobq.SentJob
import java.util.concurrent.BlockingQueue
import java.util.concurrent.CompletableFuture
import java.util.concurrent.LinkedBlockingQueue
import kotlinx.coroutines.delay
import kotlinx.coroutines.future.await

data class Item(val name: String, val count: Int = 1)

data class Order(val customer: String, val items: List<Item>, val note: String? = null)

data class Confirmation(val customer: String, val count: Int, val note: String?, val attempt: Int)

/** Final, as classes of Kotlin are. */
class KotlinOrders(private val jobs: JobSender) {

    val noted: BlockingQueue<String> = LinkedBlockingQueue()

    @JobHandler("orders")
    suspend fun confirm(order: Order, job: JobContext): Confirmation {
        delay(20)
        return Confirmation(order.customer, order.items.sumOf { it.count }, order.note, job.attempt())
    }

    @JobHandler("notes")
    suspend fun note(order: Order) {
        delay(20)
        noted.add(order.customer)
    }

    @JobHandler("forward")
    suspend fun forward(order: Order): Long {
        delay(20)
        return jobs.to("orders").send(order, Confirmation::class.java).id()
    }

    fun order(customer: String): SentJob<Confirmation> =
        jobs.to("orders").send(Order(customer, listOf(Item("tea"), Item("cup", 2))), Confirmation::class.java)
}

/** Its work ends when the test says so. */
class SuspendingWork(private val works: BlockingQueue<CompletableFuture<String?>>) {

    @JobHandler("work")
    suspend fun work(name: String): String? {
        val work = CompletableFuture<String?>()
        works.add(work)
        return work.await()
    }
}
