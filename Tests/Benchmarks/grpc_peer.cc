// ValidateLink on gRPC C++, for compare-reads: the messages of Rekey's own .proto, one link in a
// hash table, and nothing behind it. It does less than rekeyd does: no MAC, no clock, no store.
//
//   grpc_peer LINK_FILE PORT_FILE    listens on a free port of 127.0.0.1, and names it in PORT_FILE

#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <unordered_map>

#include "rekey/v1/services.grpc.pb.h"

namespace {

// A reply as rekeyd gives one to Claire Martin: the same fields, of the same lengths.
rekey::v1::ValidateLinkReply Specimen() {
  rekey::v1::ValidateLinkReply reply;
  reply.set_valid_until_ms(1800000000000);
  reply.mutable_password()->set_code_points_min(15);
  reply.mutable_password()->set_bytes_max(1024);
  reply.set_masked_mail("c•••@•••.fr");
  reply.set_masked_mobile("•••78");
  reply.set_code_valid_until_ms(1800000000000);
  reply.set_resends_left(2);
  return reply;
}

class Links final : public rekey::v1::Rekey::CallbackService {
 public:
  explicit Links(const std::string& link) { replies_[link] = Specimen(); }

  grpc::ServerUnaryReactor* ValidateLink(
      grpc::CallbackServerContext* context, const rekey::v1::ValidateLinkRequest* request,
      rekey::v1::ValidateLinkReply* reply) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const auto found = replies_.find(request->link());
    if (found == replies_.end()) {
      reactor->Finish(grpc::Status(grpc::StatusCode::NOT_FOUND, "this link is not valid"));
    } else {
      *reply = found->second;
      reactor->Finish(grpc::Status::OK);
    }
    return reactor;
  }

 private:
  std::unordered_map<std::string, rekey::v1::ValidateLinkReply> replies_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::fputs("grpc_peer: LINK_FILE PORT_FILE\n", stderr);
    return 64;
  }
  std::ifstream file(arguments[1], std::ios::binary);
  Links links(std::string(std::istreambuf_iterator<char>(file), {}));
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&links);
  const auto server = builder.BuildAndStart();
  if (!server) return 1;
  // The file appears whole, by a rename.
  const std::string made = std::string(arguments[2]) + ".new";
  std::ofstream(made) << port;
  if (std::rename(made.c_str(), arguments[2]) != 0) return 1;
  server->Wait();
}
