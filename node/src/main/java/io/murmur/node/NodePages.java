package io.murmur.node;

import io.murmur.node.http.Routes;

/** All pages of a node. */
final class NodePages {

    private NodePages() {}

    static Routes of(Node node) {
        return new Routes()
                .add(new HealthPages(node))
                .add(new ClusterPages(node))
                .add(new UpkeepPages(node))
                .add(new RequestPages(node))
                .add(new MetricsPages(node))
                .add(new PictureFiles())
                .add(new PicturePages(node, node.httpLoop(), PicturePages.TICK))
                .add(new ConfigPages(node))
                .add(new ConnectionPages(node))
                .add(new ProcessPages(node.pageThread(), System::nanoTime));
    }
}
