package io.pgjobq.internal.schema;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import liquibase.integration.spring.SpringLiquibase;
import liquibase.integration.spring.SpringResourceAccessor;
import liquibase.resource.AbstractResource;
import liquibase.resource.OpenOptions;
import liquibase.resource.Resource;
import org.springframework.core.io.ResourceLoader;

/**
 * Liquibase that reads SQL with its fragments put in. They are no parameters of the change log, since those are left out of
 * the checksums: functions would stay as they are when a fragment changes.
 */
final class FragmentedLiquibase extends SpringLiquibase {

    @Override
    protected SpringResourceAccessor createResourceOpener() {
        return new Files(getResourceLoader());
    }

    private static final class Files extends SpringResourceAccessor {

        Files(ResourceLoader loader) {
            super(loader);
        }

        @Override
        public List<Resource> getAll(String path) throws IOException {
            return super.getAll(path).stream().<Resource>map(Expanded::new).toList();
        }
    }

    private static final class Expanded extends AbstractResource {

        private final Resource resource;

        Expanded(Resource resource) {
            super(resource.getPath(), resource.getUri());
            this.resource = resource;
        }

        @Override
        public InputStream openInputStream() throws IOException {
            try (InputStream file = resource.openInputStream()) {
                String sql = new String(file.readAllBytes(), StandardCharsets.UTF_8);
                return new ByteArrayInputStream(SchemaFiles.expand(sql).getBytes(StandardCharsets.UTF_8));
            }
        }

        @Override
        public boolean exists() {
            return resource.exists();
        }

        @Override
        public Resource resolve(String other) {
            return new Expanded(resource.resolve(other));
        }

        @Override
        public Resource resolveSibling(String other) {
            return new Expanded(resource.resolveSibling(other));
        }

        @Override
        public OutputStream openOutputStream(OpenOptions options) throws IOException {
            return resource.openOutputStream(options);
        }
    }
}
