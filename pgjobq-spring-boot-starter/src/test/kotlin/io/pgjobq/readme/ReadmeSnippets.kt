package io.pgjobq.readme

import io.pgjobq.JobHandler
import kotlinx.coroutines.delay
import org.springframework.stereotype.Component

data class Letter(val to: String, val pages: Int = 1)

@Component
class Letters {

    @JobHandler("letters")
    suspend fun print(letter: Letter): String {
        delay(letter.pages * 10L)
        return "${letter.pages} for ${letter.to}"
    }
}
