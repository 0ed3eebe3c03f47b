package io.pgjobq.autoconfigure;

import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;

/** The {@code DataSource} of the queue. */
record QueueDataSource(DataSource dataSource) {

    /** Chooses the marked one, else the single or primary one. */
    static QueueDataSource choose(
            ObjectProvider<DataSource> marked, ObjectProvider<DataSource> all, ListableBeanFactory beanFactory) {
        DataSource chosen = marked.getIfUnique();
        if (chosen == null && marked.stream().findAny().isEmpty()) {
            chosen = all.getIfUnique();
        }
        if (chosen == null) {
            throw new QueueDataSourceException(
                    List.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, DataSource.class)));
        }
        return new QueueDataSource(chosen);
    }
}
